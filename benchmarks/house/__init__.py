"""What a house of many small books costs: on one machine, and on a cluster."""
