using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace SendCommand;

/// <summary>A command that makes a payment, as docs/commands.md describes it.</summary>
internal sealed class PaymentCommand
{
    public const string Queue = "payments";

    public const string Usage = """
        Sends a payment command to the queue 'payments'.

          --amount 1250                minor units of the currency (default 1250)
          --account acct-1             the customer's account, and the message's session (default acct-1)
          --currency EUR               (default EUR)
          --method pm_ok               the payment method (default pm_ok)
          --id ID                      the event's id, which is the command's idempotency key (default: a new one)
          --connection STRING          Service Bus (default: the variable ServiceBusConnection, else the local broker on port 5672)

        Sent again with the same --id it is the same payment. The message's id is a new one each time: within its window the broker drops one that it knows.
        """;

    private const string LocalBroker = "Endpoint=sb://localhost;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;";

    private long _amount = 1250;
    private string _account = "acct-1";
    private string _currency = "EUR";
    private string _method = "pm_ok";
    private string _id = Guid.NewGuid().ToString();

    private PaymentCommand()
    {
    }

    public string Connection { get; private set; } = Environment.GetEnvironmentVariable("ServiceBusConnection") is { Length: > 0 } connection ? connection : LocalBroker;

    /// <returns>Null where they can't be read.</returns>
    public static PaymentCommand? Parse(IReadOnlyList<string> arguments)
    {
        var command = new PaymentCommand();
        for (var index = 0; index < arguments.Count; index += 2)
        {
            if (index + 1 == arguments.Count || !command.Set(arguments[index], arguments[index + 1]))
            {
                return null;
            }
        }

        return command;
    }

    public ServiceBusMessage ToMessage() => new(ToCloudEvent())
    {
        MessageId = Guid.NewGuid().ToString("N"),
        SessionId = _account,
        Subject = "payment.create",
        ContentType = "application/cloudevents+json",
    };

    private bool Set(string name, string value)
    {
        switch (name)
        {
            case "--amount":
                return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _amount);
            case "--account":
                _account = value;
                return true;
            case "--currency":
                _currency = value;
                return true;
            case "--method":
                _method = value;
                return true;
            case "--id":
                _id = value;
                return true;
            case "--connection":
                Connection = value;
                return true;
            default:
                return false;
        }
    }

    // What is wrong with a value is for the consumer to say: so its dead letters can be tried too.
    private string ToCloudEvent()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", _id);
            json.WriteString("source", "/eng/send-command");
            json.WriteString("type", "payment.create");
            json.WriteStartObject("data");
            json.WriteString("accountId", _account);
            json.WriteNumber("amount", _amount);
            json.WriteString("currency", _currency);
            json.WriteString("paymentMethod", _method);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
