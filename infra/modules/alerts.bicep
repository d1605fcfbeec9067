// What a person must look at: work that stopped, not work that was retried.

param location string
param tags object

@description('Receiver of every alert. Empty: no action group.')
param email string

param storageName string
param serviceBusName string
param workspaceName string

@description('Active messages in one queue, 15 minutes on average.')
param backlogThreshold int

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'payments-on-call'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'payments'
    enabled: true
    emailReceivers: [
      {
        name: 'on-call'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

var metricActions = empty(email) ? [] : [{ actionGroupId: people.id }]
var queryActions = empty(email) ? {} : { actionGroups: [people.id] }

// A partition that is at its limit is busy; an account is throttled by what each of two limits is called.
var throttled = [
  'ServerBusyError'
  'ClientThrottlingError'
  'ClientAccountRequestThrottlingError'
  'ClientAccountBandwidthThrottlingError'
]

var metricAlerts = [
  {
    name: 'dead-letters'
    description: 'A message could not be processed and waits in a dead-letter queue. It may be resubmitted for 7 days.'
    severity: 1
    resourceId: namespace.id
    resourceType: 'Microsoft.ServiceBus/namespaces'
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    threshold: 0
    window: 'PT5M'
    dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
  }
  {
    name: 'backlog'
    description: 'Messages come in faster than they are processed, or nobody processes them.'
    severity: 2
    resourceId: namespace.id
    resourceType: 'Microsoft.ServiceBus/namespaces'
    metric: 'ActiveMessages'
    aggregation: 'Average'
    threshold: backlogThreshold
    window: 'PT15M'
    dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
  }
  {
    name: 'bus-throttled'
    description: 'Service Bus refuses requests: the namespace is at its limit.'
    severity: 2
    resourceId: namespace.id
    resourceType: 'Microsoft.ServiceBus/namespaces'
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    threshold: 100
    window: 'PT5M'
    dimensions: []
  }
  {
    name: 'storage-throttled'
    description: 'A table partition or the account is at its limit: more shards, or another store.'
    severity: 2
    resourceId: account.id
    resourceType: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    threshold: 100
    window: 'PT5M'
    dimensions: [
      { name: 'ResponseType', operator: 'Include', values: throttled }
    ]
  }
]

resource metric 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: alert.name
    location: 'global'
    tags: tags
    properties: {
      description: alert.description
      severity: alert.severity
      enabled: true
      autoMitigate: true
      scopes: [alert.resourceId]
      targetResourceType: alert.resourceType
      evaluationFrequency: 'PT5M'
      windowSize: alert.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.name
            metricName: alert.metric
            metricNamespace: alert.resourceType
            operator: 'GreaterThan'
            threshold: alert.threshold
            timeAggregation: alert.aggregation
            dimensions: alert.dimensions
          }
        ]
      }
      actions: metricActions
    }
  }
]

var queryAlerts = [
  {
    name: 'failures'
    description: 'More than one call in twenty failed on our side (5xx or a function that threw), of at least 20 calls.'
    severity: 1
    // 4xx are the callers' mistakes and are answered, not failed.
    query: 'AppRequests | where TimeGenerated > ago(15m) | summarize Total = sum(ItemCount), Failed = sumif(ItemCount, Success == false and not(ResultCode startswith "4")) | where Total >= 20 and Failed * 20 > Total'
    autoMitigate: true
    timeRange: null
    mute: null
  }
  {
    name: 'silent'
    description: 'The app has not run its timers for a quarter of an hour: it is dead, does not start, or tells nothing any more.'
    severity: 1
    // SweepOutbox leaves a line a minute, and lines are not sampled. Counted without groups, so that where nothing is there is one row, with 0.
    query: 'AppTraces | where TimeGenerated > ago(15m) and Message startswith "The sweep looked into" | summarize Runs = count() | where Runs == 0'
    autoMitigate: true
    timeRange: null
    mute: null
  }
  {
    name: 'parked'
    description: 'Work waits for a person: an outbox row that cannot be sent, a saga that can go neither on nor back, a payment of which nobody knows whether it is charged.'
    severity: 1
    // The library logs these words once, when it parks something; it stays parked, so the alert stays until a person closes it.
    // By the time at which the line arrived, which may be some minutes later; three looks see it, and the mute leaves one of them, or two. It ends before another line could be missed.
    query: 'AppTraces | where ingestion_time() > ago(15m) and SeverityLevel >= 3 and Message has "needs a person\'s decision"'
    autoMitigate: false
    timeRange: 'PT2H'
    mute: 'PT10M'
  }
  {
    name: 'unsent'
    description: 'Committed messages are not sent: the broker can not be reached, or the app may not send to it.'
    severity: 1
    // The library logs these words at most every ten minutes for as long as it is so.
    query: 'AppTraces | where TimeGenerated > ago(15m) and SeverityLevel >= 3 and Message has "committed messages are unsent"'
    autoMitigate: true
    timeRange: null
    mute: null
  }
]

resource query 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in queryAlerts: {
    name: alert.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: alert.description
      severity: alert.severity
      enabled: true
      autoMitigate: alert.autoMitigate
      scopes: [workspace.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      overrideQueryTimeRange: alert.timeRange
      muteActionsDuration: alert.mute
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      // A workspace of a minute ago has no tables yet to check the query against.
      skipQueryValidation: true
      actions: queryActions
    }
  }
]
