using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TestDoubles;

namespace Payments.Functions.Tests.Sources;

/// <summary>The sources of a host, understood as far as its packages are at hand: names of the app itself, and constants, always are.</summary>
internal sealed class HostSource
{
    private readonly CSharpCompilation _compilation;

    private HostSource(string project)
    {
        var folder = PathOf("src", project);
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);
        _compilation = CSharpCompilation.Create(
            project,
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), new CSharpParseOptions(LanguageVersion.Latest), file)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)));
    }

    public static HostSource FunctionApp { get; } = new("Payments.Functions");

    public static HostSource LocalHost { get; } = new("Payments.LocalHost");

    /// <summary>Every method that the worker serves.</summary>
    public IReadOnlyList<FunctionSource> Functions =>
    [
        .. from method in All<MethodDeclarationSyntax>()
           let function = AttributeOf(method.AttributeLists, "Function")
           where function is not null
           select FunctionSource.Read(this, method, function),
    ];

    public IEnumerable<T> All<T>() where T : SyntaxNode => _compilation.SyntaxTrees.SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<T>());

    /// <summary>The calls of methods of a name, in this host's own code.</summary>
    public IEnumerable<InvocationExpressionSyntax> Calls(Func<string, bool> name) => All<InvocationExpressionSyntax>().Where(call => name(NameOf(call)));

    /// <summary>The value of a constant expression; null where it is none, or one of a package that is not at hand.</summary>
    public object? ValueOf(ExpressionSyntax expression)
    {
        // The compiler knows `nameof` only where everything in it is known; its last name is its value anyhow.
        if (expression is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } nameOf)
        {
            return nameOf.ArgumentList.Arguments[0].ToString().Split('.')[^1];
        }

        var value = _compilation.GetSemanticModel(expression.SyntaxTree).GetConstantValue(expression);
        return value.HasValue ? value.Value : null;
    }

    /// <summary>The texts of the constants of a name.</summary>
    public IEnumerable<object?> Constants(string name) => All<FieldDeclarationSyntax>()
        .Where(field => field.Modifiers.Any(SyntaxKind.ConstKeyword))
        .SelectMany(field => field.Declaration.Variables)
        .Where(variable => variable.Identifier.Text == name)
        .Select(variable => ValueOf(variable.Initializer!.Value));

    public static AttributeSyntax? AttributeOf(SyntaxList<AttributeListSyntax> lists, string name) =>
        lists.SelectMany(list => list.Attributes).FirstOrDefault(attribute => attribute.Name.ToString() == name);

    public static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
        SimpleNameSyntax name => name.Identifier.Text,
        _ => "",
    };

    /// <summary>A file of the repository.</summary>
    public static string PathOf(params string[] parts) => RepositoryFolder.PathOf(parts);
}
