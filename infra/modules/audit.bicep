// Who did what, beside what the app itself tells. The app's own work is in it too, so writes of rows, two a payment, are left out: the app leaves a row for whatever it writes.

param storageName string
param serviceBusName string
param serviceBusSku string
param vaultName string
param workspaceName string

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName

  resource tableService 'tableServices' existing = { name: 'default' }
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource rows 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: account::tableService
  properties: {
    workspaceId: workspace.id
    logs: [
      { category: 'StorageRead', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

resource queues 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: namespace
  properties: {
    workspaceId: workspace.id
    // Sends and receives are told on Premium only; on Standard it is changes of the queues, and who was refused.
    logs: concat(
      [
        { category: 'OperationalLogs', enabled: true }
      ],
      serviceBusSku == 'Premium'
        ? [
            { category: 'RuntimeAuditLogs', enabled: true }
            { category: 'VNetAndIPFilteringLogs', enabled: true }
          ]
        : []
    )
  }
}

resource secrets 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspace.id
    logs: [
      { category: 'AuditEvent', enabled: true }
    ]
  }
}
