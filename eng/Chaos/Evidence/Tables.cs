using Azure.Data.Tables;

namespace Chaos.Evidence;

/// <summary>Looks into the tables themselves, past the app and past the proxy.</summary>
internal sealed class Tables(string connectionString)
{
    // Table and key prefixes are read off the storage by whoever looks into it with a tool; they are not taken from the app's code.
    private static readonly string[] WithRecords = ["Payments", "Accounts", "Orders", "Idempotency"];

    private readonly TableServiceClient _service = new(connectionString);

    public async Task<TableFacts> ReadAsync(CancellationToken cancellationToken)
    {
        var existing = new HashSet<string>();
        await foreach (var table in _service.QueryAsync(cancellationToken: cancellationToken))
        {
            existing.Add(table.Name);
        }

        var (records, takeovers, orders, ledgerRows) = (0, 0, 0, 0);
        List<string> payments = [], unsent = [], inProgress = [];
        foreach (var name in WithRecords.Where(existing.Contains))
        {
            await foreach (var row in _service.GetTableClient(name).QueryAsync<TableEntity>(select: ["PartitionKey", "RowKey", "State", "Epoch"], cancellationToken: cancellationToken))
            {
                switch (row.RowKey.Split('|')[0])
                {
                    case "payment":
                        payments.Add(row.RowKey["payment|".Length..]);
                        break;
                    case "ledger":
                        ledgerRows++;
                        break;
                    case "order":
                        orders++;
                        break;
                    case "outbox":
                        unsent.Add($"{name}/{row.PartitionKey}/{row.RowKey} ({row.GetString("State")})");
                        break;
                    case "idem":
                        records++;
                        takeovers += row.GetInt64("Epoch") > 1 ? 1 : 0;
                        if (row.GetString("State") != "Completed")
                        {
                            inProgress.Add($"{name}/{row.PartitionKey}/{row.RowKey} ({row.GetString("State")})");
                        }

                        break;
                }
            }
        }

        return new TableFacts(payments, ledgerRows, orders, unsent, inProgress, records, takeovers);
    }
}
