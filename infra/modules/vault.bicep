// The app's secrets, and nothing else: who may read the vault may read all of them.

param name string
param location string
param tags object
param privateNetworking bool

@description('A vault that is deleted stays recoverable for 90 days, and nobody can end it sooner.')
param purgeProtection bool

@secure()
param stripeApiKey string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    // It can't be turned off again, nor set to false.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: privateNetworking ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetworking ? 'Deny' : 'Allow'
    }
  }
}

resource stripeKey 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(stripeApiKey)) {
  parent: vault
  name: 'stripe-api-key'
  properties: { value: stripeApiKey }
}
