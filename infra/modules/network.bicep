// Optional: a virtual network that the app runs in, and private endpoints for what it talks to.

param name string
param location string
param tags object
param storageName string
param serviceBusName string
param serviceBusSku string
param vaultName string

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

var endpoints = concat(
  [
    {
      name: 'blob'
      resourceId: account.id
      group: 'blob'
      zone: 'privatelink.blob.${environment().suffixes.storage}'
    }
    {
      name: 'table'
      resourceId: account.id
      group: 'table'
      zone: 'privatelink.table.${environment().suffixes.storage}'
    }
    {
      name: 'vault'
      resourceId: vault.id
      group: 'vault'
      zone: 'privatelink.vaultcore.azure.net'
    }
  ],
  // Only Premium can be reached by a private endpoint. On Standard the queues stay on the public one, Entra tokens only.
  serviceBusSku == 'Premium'
    ? [
        {
          name: 'servicebus'
          resourceId: namespace.id
          group: 'namespace'
          zone: 'privatelink.servicebus.windows.net'
        }
      ]
    : []
)

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.42.0.0/24'] }
    subnets: [
      {
        name: 'app'
        properties: {
          // An address is shared by up to some forty instances; /26 leaves room for a deployment beside the old one.
          addressPrefix: '10.42.0.0/26'
          delegations: [
            {
              name: 'flex'
              // Flex Consumption runs on Container Apps environments, not on Microsoft.Web/serverFarms.
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: '10.42.0.64/27' }
      }
    ]
  }

  resource endpoints 'subnets' existing = { name: 'endpoints' }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for endpoint in endpoints: {
    name: endpoint.zone
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (endpoint, i) in endpoints: {
    parent: zone[i]
    name: name
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

resource private 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for (endpoint, i) in endpoints: {
    name: '${name}-${endpoint.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network::endpoints.id }
      privateLinkServiceConnections: [
        {
          name: endpoint.name
          properties: {
            privateLinkServiceId: endpoint.resourceId
            groupIds: [endpoint.group]
          }
        }
      ]
    }
  }
]

resource record 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (endpoint, i) in endpoints: {
    parent: private[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: endpoint.name
          properties: { privateDnsZoneId: zone[i].id }
        }
      ]
    }
  }
]
