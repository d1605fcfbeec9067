using 'main.bicep'

// For plain az; azd reads main.parameters.json. The sizes of the stage are in stages.bicep.
param stage = 'prod'
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'payments-prod')
param location = readEnvironmentVariable('AZURE_LOCATION', 'northeurope')
param alertEmail = readEnvironmentVariable('PAYMENTS_ALERT_EMAIL', '')
