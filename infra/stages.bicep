// What differs between stages, and nothing else. A setting that is the same everywhere belongs in its module.

@export()
@description('The sizes and switches of one stage.')
type Stage = {
  @description('Copies of the tables. LRS: three in one building. ZRS: three zones, written synchronously.')
  storageSku: 'Standard_LRS' | 'Standard_ZRS'

  @description('Standard is enough. Premium buys a private endpoint and isolated throughput.')
  serviceBusSku: 'Standard' | 'Premium'

  @description('How many days a queue holds a message that nobody takes. 0: the hour of servicebus.json.')
  @minValue(0)
  @maxValue(14)
  messageDays: int

  @description('Memory of one instance in MB.')
  instanceMemoryMB: 512 | 2048 | 4096

  @description('Upper bound of instances a function group can scale to.')
  @minValue(1)
  @maxValue(1000)
  maximumInstanceCount: int

  @description('HTTP instances that are kept warm. Billed while idle.')
  @minValue(0)
  alwaysReadyHttp: int

  @description('Instances are spread over zones. The platform then keeps two of each function and of HTTP ready, and bills them as always ready.')
  zoneRedundant: bool

  @description('The ratio of traces that are kept, from 0 to 1. Log lines and metrics are kept whatever it is.')
  tracesRatio: string

  @description('Who reads or deletes rows, reads a secret or uses a queue is logged. Billed by the gigabyte, as every log.')
  auditLogs: bool

  @description('Storage and, with Premium, Service Bus are reachable only from the virtual network.')
  privateNetworking: bool

  @description('A lock on the storage account, so that a resource group delete does not take the ledger along.')
  lockStorage: bool

  @description('Days that logs are kept.')
  @minValue(30)
  @maxValue(730)
  logRetentionDays: int

  @description('Log ingestion cap in GB a day; -1 is none.')
  logDailyCapGb: int

  @description('Active messages in one queue, 15 minutes on average, above which somebody is told.')
  backlogAlertThreshold: int
}

@export()
var stages = {
  dev: {
    storageSku: 'Standard_LRS'
    serviceBusSku: 'Standard'
    messageDays: 0
    instanceMemoryMB: 2048
    maximumInstanceCount: 40
    alwaysReadyHttp: 0
    zoneRedundant: false
    tracesRatio: '1'
    auditLogs: false
    privateNetworking: false
    lockStorage: false
    logRetentionDays: 30
    // A loop that logs in a dev environment must not cost more than a lunch.
    logDailyCapGb: 1
    backlogAlertThreshold: 1000
  }
  prod: {
    // Not geo-redundant: that copy is asynchronous, so a failover would forget committed payments and their keys,
    // and a client's retry would then charge again.
    storageSku: 'Standard_ZRS'
    serviceBusSku: 'Standard'
    // The emulator refuses more than an hour. In production an outage of the consumers may last a long weekend
    // without every waiting message landing in the dead-letter queue. The retention of processed events in
    // main.bicep counts these days twice: a message that waits, is resubmitted and waits again is still known.
    messageDays: 3
    instanceMemoryMB: 2048
    maximumInstanceCount: 200
    alwaysReadyHttp: 1
    // The tables are in three zones anyway; without it instances of a lost zone come up again in another one.
    zoneRedundant: false
    tracesRatio: '1'
    auditLogs: true
    privateNetworking: true
    lockStorage: true
    logRetentionDays: 90
    logDailyCapGb: -1
    backlogAlertThreshold: 5000
  }
}
