#!/bin/sh
# How a job stands, for cluster-generic: running, success or failed. Where SLURM does not answer, nothing has changed; a job
# that it no longer knows has ended, and Snakemake looks whether its outputs are there.
said=$(squeue --noheader --states=all --format=%T --jobs="$1" 2>&1) || case $said in
*"Invalid job id"*) said=COMPLETED ;;
*) said=RUNNING ;;
esac
case $said in
PENDING | CONFIGURING | RUNNING | SUSPENDED | COMPLETING | REQUEUED) echo running ;;
COMPLETED | '') echo success ;;
*) echo failed ;;
esac
