using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Payments.Functions.Tests.Sources;

/// <summary>A function as its source says it.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Trigger">The trigger's attribute.</param>
/// <param name="Arguments">The attribute's arguments that have no name: values, or the text where the value is not known.</param>
/// <param name="Settings">Those that have one.</param>
/// <param name="Body">What it does.</param>
internal sealed record FunctionSource(string Name, string Trigger, IReadOnlyList<object?> Arguments, IReadOnlyDictionary<string, object?> Settings, string Body)
{
    public static FunctionSource Read(HostSource host, MethodDeclarationSyntax method, AttributeSyntax function)
    {
        var trigger = method.ParameterList.Parameters
            .SelectMany(parameter => parameter.AttributeLists)
            .SelectMany(list => list.Attributes)
            .Single(attribute => attribute.Name.ToString().EndsWith("Trigger", StringComparison.Ordinal));
        var arguments = trigger.ArgumentList!.Arguments;
        return new FunctionSource(
            (string)host.ValueOf(function.ArgumentList!.Arguments[0].Expression)!,
            trigger.Name.ToString(),
            [.. arguments.Where(argument => argument.NameEquals is null).Select(argument => Value(argument.Expression))],
            arguments.Where(argument => argument.NameEquals is not null).ToDictionary(argument => argument.NameEquals!.Name.Identifier.Text, argument => Value(argument.Expression)),
            (method.ExpressionBody?.Expression ?? (object?)method.Body)!.ToString()!);

        object? Value(ExpressionSyntax expression) => host.ValueOf(expression) ?? expression.ToString();
    }
}
