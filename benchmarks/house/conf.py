"""The slurm.conf of the cluster on one machine."""

CONF = """\
ClusterName=house
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket={folder}/sock/s
CryptoType=crypto/munge
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdPidFile={folder}/run/slurmd-%n.pid
SlurmdLogFile={folder}/log/slurmd-%n.log
SlurmdSpoolDir={folder}/spool/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=5,bf_interval=5
# A node that does not answer is down after so many seconds. Its jobs fail; Snakemake's retries make them again.
SlurmdTimeout=20
JobRequeue=0
ReturnToService=2
# Finished jobs stay in squeue, as there is no sacct.
MinJobAge=600
KillWait=5
# A job that no node can hold is refused, and does not wait for ever.
EnforcePartLimits=ALL
SlurmdParameters=config_overrides
"""
NODE = "NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1 RealMemory={memory} State=UNKNOWN\n"
PARTITION = "PartitionName=main Nodes={nodes} Default=YES MaxTime=INFINITE DefMemPerCPU=500 State=UP\n"
