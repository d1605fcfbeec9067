using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Payments.Functions.Connections;

/// <summary>How many of the traces go to Application Insights, by the settings that the Functions host reads too, so that both keep the same ones.</summary>
public static class TelemetrySampling
{
    private const string SamplerSetting = "OTEL_TRACES_SAMPLER";
    private const string RatioSetting = "OTEL_TRACES_SAMPLER_ARG";
    private const string FixedPercentage = "microsoft.fixed_percentage";

    /// <returns>The ratio of the traces that are kept, from 0 to 1; 1 where nothing is set.</returns>
    /// <exception cref="ServiceConnectionException">The settings name another sampler, or no such ratio.</exception>
    public static float ReadRatio(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[SamplerSetting] is not { Length: > 0 } sampler)
        {
            return 1;
        }

        return sampler == FixedPercentage
            && float.TryParse(configuration[RatioSetting], NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio)
            && ratio is >= 0 and <= 1
            ? ratio
            : throw new ServiceConnectionException(
                $"The settings {SamplerSetting} and {RatioSetting} can't be read: set the first to '{FixedPercentage}' and the second to the ratio of the traces that are kept, from 0 to 1, or neither to keep all.");
    }
}
