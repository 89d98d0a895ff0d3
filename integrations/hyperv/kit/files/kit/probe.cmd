@echo off
rem What this node knows of itself, its cluster and its VMs, as raw output into the run's folder.
rem Reads only. Nothing is interpreted here.
setlocal EnableExtensions DisableDelayedExpansion
set "CSV=Export-Csv -NoTypeInformation -Encoding UTF8"
set "CLUSTER=Get-CimInstance -Namespace root/mscluster"
set "VIRTUAL=Get-CimInstance -Namespace root/virtualization/v2"
set "Q=Get-CimInstance Win32_OperatingSystem | Select-Object BuildNumber,@{n='Boot';e={$_.LastBootUpTime.ToUniversalTime().ToString('o')}} | %CSV% os.csv"
set "Q=%Q%; Get-CimInstance Win32_Service | Select-Object Name,State | %CSV% services.csv"
set "Q=%Q%; Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,Name,CommandLine | %CSV% processes.csv"
set "Q=%Q%; %CLUSTER% MSCluster_Node | Select-Object Name,State,NodeDrainStatus | %CSV% nodes.csv"
set "Q=%Q%; %CLUSTER% MSCluster_ClusterSharedVolume | Select-Object Name,VolumeName,FaultState,BackupState | %CSV% csv.csv"
set "Q=%Q%; %CLUSTER% MSCluster_ClusterSharedVolumeToResource | Select-Object GroupComponent,PartComponent | %CSV% csv-resource.csv"
set "Q=%Q%; %CLUSTER% MSCluster_Resource | Select-Object Name,Id,Type,State,OwnerNode,OwnerGroup,IsClusterSharedVolume | %CSV% resources.csv"
set "Q=%Q%; %CLUSTER% MSCluster_ResourceToDisk | Select-Object GroupComponent,PartComponent | %CSV% resource-disks.csv"
set "Q=%Q%; %CLUSTER% MSCluster_Disk | Select-Object Id,GptGuid,Signature,UniqueId,Number | %CSV% cluster-disks.csv"
set "Q=%Q%; %CLUSTER% MSCluster_DiskPartition | Select-Object Path,VolumeGuid,FileSystem,FreeSpace,TotalSize | %CSV% cluster-partitions.csv"
set "Q=%Q%; %CLUSTER% MSCluster_DiskToDiskPartition | Select-Object GroupComponent,PartComponent | %CSV% disk-partitions.csv"
set "Q=%Q%; Get-CimInstance -Namespace root/microsoft/windows/storage MSFT_Disk | Select-Object Number,Guid,SerialNumber,UniqueId,BusType,FriendlyName,IsOffline | %CSV% disks.csv"
set "Q=%Q%; %VIRTUAL% Msvm_ComputerSystem | Select-Object Name,ElementName,EnabledState | %CSV% vms.csv"
set "Q=%Q%; %VIRTUAL% Msvm_StorageAllocationSettingData | Select-Object InstanceID,@{n='HostResource';e={$_.HostResource -join '|'}} | %CSV% vm-disks.csv"
set "Q=%Q%; %VIRTUAL% Msvm_VirtualSystemSettingData | Select-Object InstanceID,VirtualSystemIdentifier,ElementName,VirtualSystemType | %CSV% vm-settings.csv"
set "Q=%Q%; %VIRTUAL% Msvm_VssComponentSettingData | Select-Object InstanceID,EnabledState | %CSV% vm-vss.csv"
powershell.exe -NoProfile -NonInteractive -Command "%Q%" >probe-errors.txt 2>&1 <nul
"%ProgramFiles%\Pure Storage\VSS\Provider\pureproviderconfig.exe" list >provider.txt 2>&1 <nul
vssadmin list providers >providers.txt 2>&1 <nul
reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Failover Clusters" /v EnableCsvVssWriter >csvwriter.txt 2>nul
reg query HKLM\SYSTEM\CurrentControlSet\Services\VSS\Diag /ve >diag.txt 2>nul
call C:\vssbot\kit\logs.cmd >logs.txt 2>nul
exit /b 0
