using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.Validation;

/// <summary>Options that stop the app at its start where something is wrong with them, and are there by themselves for what is built of them.</summary>
internal static class ValidatedOptions
{
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <param name="validate">Everything that is wrong, a sentence each.</param>
    public static OptionsBuilder<T> AddValidatedOptions<T>(this IServiceCollection services, Action<T>? configure, Func<T, IEnumerable<string>> validate)
        where T : class
    {
        services.TryAddSingleton(provider => provider.Options<T>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<T>>(new Validation<T>(validate)));
        return services.AddOptions<T>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
    }

    public static T Options<T>(this IServiceProvider provider)
        where T : class => provider.GetRequiredService<IOptions<T>>().Value;

    private sealed class Validation<T>(Func<T, IEnumerable<string>> validate) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            string[] faults = [.. validate(options)];
            return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
