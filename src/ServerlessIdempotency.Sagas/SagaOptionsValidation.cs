using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.Sagas;

internal sealed class SagaOptionsValidation : IValidateOptions<SagaOptions>
{
    public ValidateOptionsResult Validate(string? name, SagaOptions options)
    {
        string[] faults = [.. options.Validate()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
