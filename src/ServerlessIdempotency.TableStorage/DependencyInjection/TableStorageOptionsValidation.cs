using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.TableStorage.DependencyInjection;

internal sealed class TableStorageOptionsValidation : IValidateOptions<TableStorageOptions>
{
    public ValidateOptionsResult Validate(string? name, TableStorageOptions options)
    {
        string[] faults = [.. options.Validate()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
