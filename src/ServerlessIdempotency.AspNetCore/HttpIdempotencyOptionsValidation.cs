using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.AspNetCore;

internal sealed class HttpIdempotencyOptionsValidation : IValidateOptions<HttpIdempotencyOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpIdempotencyOptions options)
    {
        string[] faults = [.. options.Validate()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
