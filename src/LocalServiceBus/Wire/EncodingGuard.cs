using System.Buffers.Binary;

namespace LocalServiceBus.Wire;

/// <summary>
/// Walks encoded values before the codec reads them. The codec trusts the sizes and recurses without a limit, so that a few
/// crafted bytes could exhaust the stack, which no catch survives, or ask for gigabytes. The walk follows part 1.6 of the
/// AMQP 1.0 standard: every size must fit into its container, every count into its size, and nesting is bounded.
/// </summary>
internal static class EncodingGuard
{
    private const int MaxDepth = 32;
    private const byte Described = 0x00;
    private const byte String8 = 0xa1;
    private const byte String32 = 0xb1;
    private const byte Symbol8 = 0xa3;
    private const byte Symbol32 = 0xb3;

    /// <summary>Checks one value at a position and returns the position after it.</summary>
    /// <param name="bytes">What holds the value; nothing may reach beyond it.</param>
    /// <param name="position">Where the value begins.</param>
    /// <param name="symbolKeys">
    /// Turns the string keys of maps into symbols, in place: the two have the same layout. The maps of performatives and
    /// annotations have symbols for keys, but the JavaScript client writes strings and the codec throws on them.
    /// </param>
    public static int Skip(Span<byte> bytes, int position, bool symbolKeys = false) => Skip(bytes, position, symbolKeys, 0);

    private static int Skip(Span<byte> bytes, int position, bool symbolKeys, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new MalformedFrameException("Values are nested too deeply.");
        }

        var code = ReadByte(bytes, ref position);
        if (code == Described)
        {
            position = Skip(bytes, position, symbolKeys, depth + 1);
            return Skip(bytes, position, symbolKeys, depth + 1);
        }

        return SkipBody(bytes, position, code, symbolKeys, depth);
    }

    private static int SkipBody(Span<byte> bytes, int position, byte code, bool symbolKeys, int depth)
    {
        switch (code >> 4)
        {
            case 0x4:
                return position;
            case 0x5:
                return Advance(bytes, position, 1);
            case 0x6:
                return Advance(bytes, position, 2);
            case 0x7:
                return Advance(bytes, position, 4);
            case 0x8:
                return Advance(bytes, position, 8);
            case 0x9:
                return Advance(bytes, position, 16);
            case 0xa:
                var narrow = ReadByte(bytes, ref position);
                return Advance(bytes, position, narrow);
            case 0xb:
                var wide = ReadUInt(bytes, ref position);
                return Advance(bytes, position, wide);
            case 0xc:
                return SkipCompound(bytes, position, code, wide: false, symbolKeys, depth);
            case 0xd:
                return SkipCompound(bytes, position, code, wide: true, symbolKeys, depth);
            case 0xe:
                return SkipArray(bytes, position, wide: false, depth);
            case 0xf:
                return SkipArray(bytes, position, wide: true, depth);
            default:
                throw new MalformedFrameException($"There is no AMQP type with the code 0x{code:x2}.");
        }
    }

    private static int SkipCompound(Span<byte> bytes, int position, byte code, bool wide, bool symbolKeys, int depth)
    {
        var size = wide ? ReadUInt(bytes, ref position) : ReadByte(bytes, ref position);
        var end = Advance(bytes, position, size);
        var inside = bytes[..end];
        var count = wide ? ReadUInt(inside, ref position) : ReadByte(inside, ref position);
        var isMap = (code & 0x0f) == 0x1;
        if (count > size || (isMap && count % 2 != 0))
        {
            throw new MalformedFrameException("A list or map claims a number of elements that it can't have.");
        }

        for (var i = 0u; i < count; i++)
        {
            if (isMap && symbolKeys && i % 2 == 0 && position < end)
            {
                inside[position] = inside[position] switch
                {
                    String8 => Symbol8,
                    String32 => Symbol32,
                    var other => other,
                };
            }

            position = Skip(inside, position, symbolKeys, depth + 1);
        }

        return position == end ? end : throw new MalformedFrameException("A list or map is longer than its elements.");
    }

    private static int SkipArray(Span<byte> bytes, int position, bool wide, int depth)
    {
        var size = wide ? ReadUInt(bytes, ref position) : ReadByte(bytes, ref position);
        var end = Advance(bytes, position, size);
        var inside = bytes[..end];
        var count = wide ? ReadUInt(inside, ref position) : ReadByte(inside, ref position);
        if (count > size)
        {
            throw new MalformedFrameException("An array claims a number of elements that it can't have.");
        }

        var code = ReadByte(inside, ref position);
        if (code == Described)
        {
            // Nobody sends arrays of described values here, and the codec can't read them.
            throw new MalformedFrameException("Arrays of described values are not supported.");
        }

        for (var i = 0u; i < count; i++)
        {
            if (depth >= MaxDepth)
            {
                throw new MalformedFrameException("Values are nested too deeply.");
            }

            position = SkipBody(inside, position, code, symbolKeys: false, depth + 1);
        }

        return position == end ? end : throw new MalformedFrameException("An array is longer than its elements.");
    }

    private static int Advance(ReadOnlySpan<byte> bytes, int position, uint by) =>
        by <= bytes.Length - position ? position + (int)by : throw new MalformedFrameException("A value reaches beyond its container.");

    private static byte ReadByte(ReadOnlySpan<byte> bytes, ref int position) =>
        position < bytes.Length ? bytes[position++] : throw new MalformedFrameException("A value is cut off.");

    private static uint ReadUInt(ReadOnlySpan<byte> bytes, ref int position)
    {
        if (bytes.Length - position < 4)
        {
            throw new MalformedFrameException("A value is cut off.");
        }

        var value = BinaryPrimitives.ReadUInt32BigEndian(bytes[position..]);
        position += 4;
        return value;
    }
}
