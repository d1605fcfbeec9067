using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.Rows;

internal sealed class RowWriterOptionsValidation : IValidateOptions<RowWriterOptions>
{
    public ValidateOptionsResult Validate(string? name, RowWriterOptions options)
    {
        string[] faults = [.. options.Validate()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
