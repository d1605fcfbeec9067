using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.Purge;

internal sealed class PurgeOptionsValidation : IValidateOptions<PurgeOptions>
{
    public ValidateOptionsResult Validate(string? name, PurgeOptions options)
    {
        string[] faults = [.. options.Validate()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
