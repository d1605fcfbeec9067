using Google.Protobuf;

namespace Payments.Functions.Host.Tests;

/// <summary>Reads the logs of an OTLP export: resource logs (1), in them scope logs (2), each of a scope (1) with a name (1) and of lines (2).</summary>
internal static class ExportedLogs
{
    /// <returns>The category of each line.</returns>
    public static IEnumerable<string> CategoriesOf(byte[] export) =>
        from resource in FieldsOf(export, 1)
        from scope in FieldsOf(resource, 2)
        let category = FieldsOf(scope, 1).SelectMany(named => FieldsOf(named, 1)).Select(System.Text.Encoding.UTF8.GetString).FirstOrDefault("")
        from line in FieldsOf(scope, 2)
        select category;

    private static IEnumerable<byte[]> FieldsOf(byte[] message, int field)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is > 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                yield return input.ReadBytes().ToByteArray();
            }
            else
            {
                input.SkipLastField();
            }
        }
    }
}
