param name string
param location string
param tags object

@description('Standard or Premium. Basic has neither sessions nor duplicate detection.')
@allowed(['Standard', 'Premium'])
param sku string

@description('Queues in the emulator\'s format: { Name, Properties }.')
param queues array

@description('Overrides the queues\' time to live. Empty: theirs.')
param messageTimeToLive string

param privateNetworking bool

// Standard has no private endpoint: closing its public one would close the only door.
var closed = privateNetworking && sku == 'Premium'

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: union({ name: sku, tier: sku }, sku == 'Premium' ? { capacity: 1 } : {})
  properties: {
    // No connection strings with keys, in nobody's settings.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
  }
}

// One after another: the namespace answers concurrent changes with conflicts.
@batchSize(1)
resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for item in queues: {
    parent: namespace
    name: item.Name
    properties: {
      requiresSession: item.Properties.RequiresSession
      requiresDuplicateDetection: item.Properties.RequiresDuplicateDetection
      duplicateDetectionHistoryTimeWindow: item.Properties.DuplicateDetectionHistoryTimeWindow
      lockDuration: item.Properties.LockDuration
      maxDeliveryCount: item.Properties.MaxDeliveryCount
      defaultMessageTimeToLive: empty(messageTimeToLive) ? item.Properties.DefaultMessageTimeToLive : messageTimeToLive
      deadLetteringOnMessageExpiration: item.Properties.DeadLetteringOnMessageExpiration
      // A partitioned queue detects duplicates per partition key only.
      enablePartitioning: false
      enableBatchedOperations: true
    }
  }
]
