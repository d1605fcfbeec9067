// One user-assigned identity: it exists before the app, so its roles are in place when the app first starts,
// and it survives the app being deleted and made anew.

param name string
param location string
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}
