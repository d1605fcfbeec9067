using Microsoft.Azure.Functions.Worker.Converters;
using ServiceBusExtension.Settling;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Binds a parameter to the actions, whatever the message.</summary>
internal sealed class MessageActionsConverter(Settlement.SettlementClient settlement) : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) => ValueTask.FromResult(ConversionResult.Success(new ServiceBusMessageActions(settlement)));
}
