using Azure.Messaging.ServiceBus;

namespace SendCommand;

internal static class Program
{
    private const int BadArguments = 2;

    public static async Task<int> Main(string[] args)
    {
        if (PaymentCommand.Parse(args) is not { } command)
        {
            await Console.Error.WriteLineAsync(PaymentCommand.Usage);
            return BadArguments;
        }

        await using var client = new ServiceBusClient(command.Connection);
        await using var sender = client.CreateSender(PaymentCommand.Queue);
        var message = command.ToMessage();
        await sender.SendMessageAsync(message);
        Console.WriteLine($"Sent to '{PaymentCommand.Queue}' as message {message.MessageId}: {message.Body}");
        return 0;
    }
}
