using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Mutation.Compiling;

/// <summary>
/// A library that is compiled again with one file changed. In this process and from what was parsed before, since that takes a twentieth of a build's
/// time: no evaluation, no generators, no dependents, which a changed method body leaves as they are.
/// </summary>
internal sealed class MutatedLibrary
{
    private readonly string _folder;
    private readonly CSharpCompilation _compilation;

    private MutatedLibrary(string folder, string name, CSharpCompilation compilation)
    {
        _folder = folder;
        Name = name;
        _compilation = compilation;
    }

    public string Name { get; }

    public static MutatedLibrary Load(string folder, string name, IReadOnlyList<string> arguments)
    {
        var parsed = CSharpCommandLineParser.Default.Parse(arguments, folder, sdkDirectory: null);
        var generated = Directory.EnumerateFiles(Path.Combine(folder, "obj", "Debug", "net10.0", "generated"), "*.cs", SearchOption.AllDirectories);
        var sources = parsed.SourceFiles.Select(file => file.Path).Concat(generated);
        return new MutatedLibrary(folder, name, CSharpCompilation.Create(
            name,
            sources.Select(file => Parse(file, File.ReadAllText(file), parsed.ParseOptions)),
            parsed.MetadataReferences.Select(reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties)),
            parsed.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Suppress)));
    }

    /// <summary>Compiles the library with another text of one file.</summary>
    /// <param name="file">The file, from the library's folder.</param>
    /// <param name="source">Its text.</param>
    /// <exception cref="MutationException">It does not compile.</exception>
    public byte[] Compile(string file, string source)
    {
        var path = Path.GetFullPath(Path.Combine(_folder, file));
        var tree = _compilation.SyntaxTrees.SingleOrDefault(tree => tree.FilePath == path) ?? throw new MutationException($"{path} is no source of {Name}.");
        using var assembly = new MemoryStream();
        var result = _compilation.ReplaceSyntaxTree(tree, Parse(path, source, (CSharpParseOptions)tree.Options)).Emit(assembly);
        return result.Success
            ? assembly.ToArray()
            : throw new MutationException($"{file} does not compile without the guard: {string.Join(' ', result.Diagnostics.Where(fault => fault.Severity == DiagnosticSeverity.Error).Take(3))}");
    }

    private static SyntaxTree Parse(string path, string source, CSharpParseOptions options) =>
        CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), options, path);
}
