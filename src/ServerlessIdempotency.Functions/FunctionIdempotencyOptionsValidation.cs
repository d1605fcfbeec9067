using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.Functions;

internal sealed class FunctionIdempotencyOptionsValidation : IValidateOptions<FunctionIdempotencyOptions>
{
    public ValidateOptionsResult Validate(string? name, FunctionIdempotencyOptions options)
    {
        string[] faults = [.. options.Validate()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
