using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Binds what the host sends to one received message, or to several.</summary>
[SupportsDeferredBinding]
[SupportedTargetType(typeof(ServiceBusReceivedMessage))]
[SupportedTargetType(typeof(ServiceBusReceivedMessage[]))]
internal sealed class ReceivedMessageConverter : IInputConverter
{
    // The lock token, a GUID, stands before the message.
    private const int LockTokenLength = 16;
    private const string Source = "AzureServiceBusReceivedMessage";
    private const string ContentType = "application/octet-stream";

    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        try
        {
            return ValueTask.FromResult(context.Source switch
            {
                ModelBindingData one => ConversionResult.Success(Read(one)),
                CollectionModelBindingData several => ConversionResult.Success(Array.ConvertAll(several.ModelBindingData, Read)),
                _ => ConversionResult.Unhandled(),
            });
        }
        catch (Exception exception)
        {
            return ValueTask.FromResult(ConversionResult.Failed(exception));
        }
    }

    private static ServiceBusReceivedMessage Read(ModelBindingData data)
    {
        if (data.Source != Source || data.ContentType != ContentType)
        {
            throw new InvalidOperationException($"A message comes from {Source} as {ContentType}, not from {data.Source} as {data.ContentType}.");
        }

        var bytes = data.Content.ToMemory();
        return ServiceBusReceivedMessage.FromAmqpMessage(
            AmqpAnnotatedMessage.FromBytes(BinaryData.FromBytes(bytes[LockTokenLength..])),
            BinaryData.FromBytes(bytes[..LockTokenLength]));
    }
}
