using 'main.bicep'

// For plain az; azd reads main.parameters.json. The sizes of the stage are in stages.bicep.
param stage = 'prod'
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'payments-prod')
param location = readEnvironmentVariable('AZURE_LOCATION', 'northeurope')
param alertEmail = readEnvironmentVariable('PAYMENTS_ALERT_EMAIL', '')
param gateway = 'Stripe'
param stripeApiKey = readEnvironmentVariable('STRIPE_API_KEY', '')
param appSettings = readEnvironmentVariable('PAYMENTS_APP_SETTINGS', '')
param vaultSettings = readEnvironmentVariable('PAYMENTS_VAULT_SETTINGS', '')
