using Azure;
using Azure.Data.Tables;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>Looks for unsent messages where they are stored, behind the app's back.</summary>
internal static class Outboxes
{
    /// <summary>How many outbox rows there are in all tables of the app.</summary>
    public static async Task<int> CountAsync(string connectionString)
    {
        var count = 0;
        foreach (var name in PaymentsTables.All)
        {
            var table = new TableClient(connectionString, name);
            try
            {
                await foreach (var _ in table.QueryAsync<TableEntity>("RowKey ge 'outbox|' and RowKey lt 'outbox}'", select: ["RowKey"]))
                {
                    count++;
                }
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == "TableNotFound")
            {
                // An app makes a table at its first use.
            }
        }

        return count;
    }
}
