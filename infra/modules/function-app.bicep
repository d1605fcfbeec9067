param name string
param planName string
param location string
param tags object
param identityName string
param storageName string
param deploymentContainer string
param serviceBusName string
param insightsName string

@description('Virtual network whose subnet `app` the app runs in. Empty: none.')
param networkName string

param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyHttp int
param zoneRedundant bool
param tracesRatio string
param idempotencyLease string
param idempotencyRetention string
param processedEventRetention string
param messageTimeToLive string
param maxDeliveryCount int
param longestHold string
param gateway string
param appSettings string
param vaultSettings string
param vaultName string

@description('What `NAME=value;NAME=value` says. A value may have further = in it.')
func settingsOf(text string, parameter string) { name: string, value: string }[] =>
  map(filter(split(text, ';'), pair => !empty(trim(pair))), pair => {
    name: contains(pair, '=')
      ? trim(first(split(pair, '=')))
      : fail('${parameter} has "${pair}": write ${parameter == 'vaultSettings' ? 'NAME=secret' : 'NAME=value'}.')
    value: join(skip(split(pair, '='), 1), '=')
  })

var named = settingsOf(appSettings, 'appSettings')
var secrets = settingsOf(
  '${gateway == 'Stripe' ? 'Stripe__ApiKey=stripe-api-key;' : ''}${vaultSettings}',
  'vaultSettings'
)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  name: empty(networkName) ? 'none' : networkName

  resource app 'subnets' existing = { name: 'app' }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    // Flex Consumption is Linux only.
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    keyVaultReferenceIdentity: identity.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(networkName) ? null : network::app.id
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : []
      }
    }
  }

  // Publishing goes by Entra token: no publishing user and password.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  // The whole set: what is not in it is gone after a deployment. What an operator names counts over the app's rules, and not over its identity and its places.
  // Every value is a name, an address, a duration or a reference to a secret: with local authentication off everywhere none of them is a secret.
  resource settings 'config' = {
    name: 'appsettings'
    properties: union(
      {
        Idempotency__Lease: idempotencyLease
        Idempotency__Retention: idempotencyRetention
        Inbox__Retention: processedEventRetention
        Inbox__Rules__MessageTimeToLive: messageTimeToLive
        Inbox__Rules__MaxDeliveryCount: string(maxDeliveryCount)
        Inbox__Rules__LockDuration: longestHold
        Gateway__Kind: gateway
        // Host and worker read these two. Without them each keeps five traces a second, and the host no line of the others.
        OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
        OTEL_TRACES_SAMPLER_ARG: tracesRatio
      },
      toObject(
        secrets,
        setting => setting.name,
        setting => '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${trim(setting.value)})'
      ),
      toObject(named, setting => setting.name, setting => setting.value),
      {
        AzureWebJobsStorage__accountName: account.name
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: identity.properties.clientId
        PaymentsStorage__tableServiceUri: account.properties.primaryEndpoints.table
        PaymentsStorage__credential: 'managedidentity'
        PaymentsStorage__clientId: identity.properties.clientId
        ServiceBusConnection__fullyQualifiedNamespace: '${namespace.name}.servicebus.windows.net'
        ServiceBusConnection__credential: 'managedidentity'
        ServiceBusConnection__clientId: identity.properties.clientId
        APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
        // With a user-assigned identity DefaultAzureCredential must be told which.
        AZURE_CLIENT_ID: identity.properties.clientId
      }
    )
  }
}

output url string = 'https://${app.properties.defaultHostName}'
