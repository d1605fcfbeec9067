using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.Inbox;

internal sealed class InboxOptionsValidation : IValidateOptions<InboxOptions>
{
    public ValidateOptionsResult Validate(string? name, InboxOptions options)
    {
        string[] faults = [.. options.Validate()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
