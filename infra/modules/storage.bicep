// One account: the tables of the app, the deployment package and the host's own blobs.

param name string
param location string
param tags object
param sku string
param tables string[]
param deploymentContainer string
param privateNetworking bool
param lock bool

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    // No account keys, so no SAS either: whoever gets in has a role that can be taken away again.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetworking ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: privateNetworking ? 'Deny' : 'Allow'
      // The app comes through the virtual network: no service needs to be waved past the rule.
      bypass: 'None'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    // A package that was overwritten by a bad release can be brought back.
    deleteRetentionPolicy: { enabled: true, days: 14 }
  }
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: deploymentContainer
  properties: { publicAccess: 'None' }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

// Made at deployment: the app then needs no call at every start and no right to create tables.
resource appTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [
  for table in tables: {
    parent: tableService
    name: table
  }
]

resource noDelete 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  name: 'ledger'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the ledger and the idempotency records. Remove this lock on purpose, never in a script.'
  }
}
