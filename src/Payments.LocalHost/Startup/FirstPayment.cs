using Payments.LocalHost.Messaging;

namespace Payments.LocalHost.Startup;

/// <summary>Says where the host is and how to post a first payment.</summary>
internal static class FirstPayment
{
    public static Task PrintAsync(TextWriter output, string url, LocalStorage storage, LocalBroker broker) => output.WriteLineAsync($$"""

        Payments is served on {{url}} (a page to try it: {{url}}/). {{storage.Description}}
        {{broker.Description}}

        A first payment; run it twice, and it is made once:

          curl -i {{url}}/api/payments -H 'Idempotency-Key: my-first-payment' -H 'Content-Type: application/json' \
            -d '{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"pm_ok"}'

        What the gateway really charged:

          curl '{{url}}/api/simulator/charges?accountId=acct-1'

        What queues made of it: the account's statement, and one receipt:

          curl {{url}}/api/accounts/acct-1/statement
          curl {{url}}/api/simulator/mailbox

        Ctrl-C stops it.
        """);
}
