targetScope = 'subscription'

import { Stage, stages } from 'stages.bicep'

@description('Name of the environment: part of the resource group name and of the hash in resource names.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Azure region. Must offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Which set of sizes and switches applies (stages.bicep).')
@allowed(['dev', 'prod'])
param stage string

@description('Overrides the stage: storage and, with Premium, Service Bus reachable only from the virtual network.')
param privateNetworking bool?

@description('Overrides the stage: a private endpoint on Service Bus needs Premium.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string?

@description('Who is told when an alert fires. Empty: the alerts show in the portal only, which is refused in prod.')
param alertEmail string = ''

@description('Overrides the stage: instances are spread over the zones of the region, and two of each function are kept ready and billed.')
param zoneRedundant bool?

@description('Overrides the stage: who reads or deletes rows, reads a secret or uses a queue is logged.')
param auditLogs bool?

@description('How long a claim holds without renewal (hh:mm:ss). Shorter than the queues\' lock, so that the delivery after a crash finds it lapsed.')
param idempotencyLease string = '00:01:00'

@description('How long an HTTP answer is replayed (d.hh:mm:ss).')
param idempotencyRetention string = '1.00:00:00'

@description('How long a consumer knows an event, and a payment its key (d.hh:mm:ss): longer than a message may wait twice (2 × 3 days in prod) and a dead letter be resubmitted (7 days). The app does not start with less.')
param processedEventRetention string = '14.00:00:00'

@description('Which gateway takes the money. Simulated moves none: it is never a default, but named where it is meant.')
@allowed(['Simulated', 'Stripe'])
param gateway string

@description('Stripe\'s secret key. It is kept in the vault; empty leaves the one that is there.')
@secure()
param stripeApiKey string = ''

@description('Further settings of the app, NAME=value;NAME=value: names of keys, the principal of commands, whatever the docs list. What is not named here or by a parameter is gone after the deployment.')
param appSettings string = ''

@description('Settings whose values are secrets of the vault, NAME=secret;NAME=secret.')
param vaultSettings string = ''

// The tables of the app. The one place that names them: created here, and each gets its own role assignment.
var tables = [
  // PaymentsTables.All
  'Payments'
  'GatewayCharges'
  'Accounts'
  'Mailbox'
  'Orders'
  'Stock'
  // The library's defaults: records beside no business row, the outbox's register, sagas that wait for a person.
  'Idempotency'
  'OutboxPartitions'
  'ParkedSagas'
]

// The queues of the app, in the official emulator's format: the emulator, the local broker and this template read one file.
var queues = loadJsonContent('servicebus.json').UserConfig.Namespaces[0].Queues

// How long a consumer can hold a message: a run ends at functionTimeout (host.json), and where its process died then, the lock ends by itself (servicebus.json). How long the
// host renews locks (maxAutoLockRenewalDuration) says nothing of that: it goes for a session as a whole.
var longestHold = '00:06:30'
var maxDeliveryCount = max(map(queues, queue => queue.Properties.MaxDeliveryCount))

// The name of the service in azure.yaml: azd finds the app by this tag.
var serviceName = 'api'

var size Stage = stages[stage]
var isPrivate = privateNetworking ?? size.privateNetworking
var busSku = serviceBusSku ?? size.serviceBusSku
// In prod somebody has to be told.
var receiver = stage == 'prod' && empty(alertEmail)
  ? fail('alertEmail is empty: name who is told when an alert of prod fires (PAYMENTS_ALERT_EMAIL).')
  : alertEmail
// Names are worked out before anything is deployed and passed on as such, not as outputs of modules: what-if can then
// show every resource and the scope of every role. The price is that order is said with dependsOn.
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName, stage: stage }
var names = {
  resourceGroup: 'rg-${environmentName}'
  identity: 'id-${token}'
  storage: 'st${token}'
  serviceBus: 'sb-${token}'
  logs: 'log-${token}'
  insights: 'appi-${token}'
  plan: 'plan-${token}'
  functionApp: 'func-${token}'
  network: 'vnet-${token}'
  vault: 'kv-${token}'
}
var deploymentContainer = 'app-package'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: names.resourceGroup
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: names.identity
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: names.logs
    insightsName: names.insights
    location: location
    tags: tags
    retentionDays: size.logRetentionDays
    dailyCapGb: size.logDailyCapGb
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: names.storage
    location: location
    tags: tags
    sku: size.storageSku
    tables: tables
    deploymentContainer: deploymentContainer
    privateNetworking: isPrivate
    lock: size.lockStorage
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  scope: group
  params: {
    name: names.serviceBus
    location: location
    tags: tags
    sku: busSku
    queues: queues
    messageTimeToLive: size.messageDays == 0 ? '' : 'P${size.messageDays}D'
    privateNetworking: isPrivate
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: names.vault
    location: location
    tags: tags
    privateNetworking: isPrivate
    purgeProtection: size.lockStorage
    stripeApiKey: stripeApiKey
  }
}

module network 'modules/network.bicep' = if (isPrivate) {
  scope: group
  dependsOn: [storage, serviceBus, vault]
  params: {
    name: names.network
    location: location
    tags: tags
    storageName: names.storage
    serviceBusName: names.serviceBus
    serviceBusSku: busSku
    vaultName: names.vault
  }
}

module roles 'modules/roles.bicep' = {
  scope: group
  dependsOn: [identity, storage, serviceBus, monitoring, vault]
  params: {
    identityName: names.identity
    storageName: names.storage
    tables: tables
    serviceBusName: names.serviceBus
    queues: map(queues, queue => queue.Name)
    insightsName: names.insights
    vaultName: names.vault
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  // The host reads its storage as soon as it starts: without the roles its first minutes are failures and restarts.
  dependsOn: [roles, network]
  params: {
    name: names.functionApp
    planName: names.plan
    location: location
    tags: union(tags, { 'azd-service-name': serviceName })
    identityName: names.identity
    storageName: names.storage
    deploymentContainer: deploymentContainer
    serviceBusName: names.serviceBus
    insightsName: names.insights
    networkName: isPrivate ? names.network : ''
    instanceMemoryMB: size.instanceMemoryMB
    maximumInstanceCount: size.maximumInstanceCount
    alwaysReadyHttp: size.alwaysReadyHttp
    zoneRedundant: zoneRedundant ?? size.zoneRedundant
    tracesRatio: size.tracesRatio
    idempotencyLease: idempotencyLease
    idempotencyRetention: idempotencyRetention
    processedEventRetention: processedEventRetention
    messageTimeToLive: size.messageDays == 0 ? '01:00:00' : '${size.messageDays}.00:00:00'
    maxDeliveryCount: maxDeliveryCount
    longestHold: longestHold
    gateway: gateway
    appSettings: appSettings
    vaultSettings: vaultSettings
    vaultName: names.vault
  }
}

module audit 'modules/audit.bicep' = if (auditLogs ?? size.auditLogs) {
  scope: group
  dependsOn: [storage, serviceBus, vault, monitoring]
  params: {
    storageName: names.storage
    serviceBusName: names.serviceBus
    serviceBusSku: busSku
    vaultName: names.vault
    workspaceName: names.logs
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  dependsOn: [storage, serviceBus, monitoring]
  params: {
    location: location
    tags: tags
    email: receiver
    storageName: names.storage
    serviceBusName: names.serviceBus
    workspaceName: names.logs
    backlogThreshold: size.backlogAlertThreshold
  }
}

// For the deploy steps (azd reads these into its environment). Names and addresses only: nothing here opens a door.
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_NAME string = names.functionApp
output API_URL string = functionApp.outputs.url
output STORAGE_ACCOUNT_NAME string = names.storage
output SERVICE_BUS_NAMESPACE string = names.serviceBus
