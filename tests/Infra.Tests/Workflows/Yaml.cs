using YamlDotNet.RepresentationModel;

namespace Infra.Tests.Workflows;

/// <summary>A YAML file of the repository as a tree. Keys stay text: <c>on</c> is not a boolean here.</summary>
internal static class Yaml
{
    public static YamlMappingNode Read(params string[] path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Repository.Read(path)));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    public static YamlMappingNode Map(this YamlNode node, string key) => (YamlMappingNode)node[key];

    public static string Text(this YamlNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    public static IEnumerable<string> Texts(this YamlNode node, string key) =>
        ((YamlSequenceNode)node[key]).Select(item => ((YamlScalarNode)item).Value!);

    public static bool Has(this YamlNode node, string key) => ((YamlMappingNode)node).Children.ContainsKey(key);

    public static IEnumerable<KeyValuePair<string, YamlMappingNode>> Members(this YamlNode node) =>
        ((YamlMappingNode)node).Children.Select(pair =>
            KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, (YamlMappingNode)pair.Value));
}
