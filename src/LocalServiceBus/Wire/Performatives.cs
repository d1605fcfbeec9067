using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace LocalServiceBus.Wire;

/// <summary>Reads what the codec knows, after the guard has looked at it.</summary>
internal static class Performatives
{
    static Performatives() =>

        // The codec registers the types of frames and sections when the first of them is made.
        _ = new Open().Descriptor;

    /// <summary>Reads a described value from the bytes and says where it ends.</summary>
    public static Described Read(byte[] bytes, int offset, int length, out int end)
    {
        end = EncodingGuard.Skip(bytes.AsSpan(0, offset + length), offset, symbolKeys: true);
        return Decode(bytes, offset, end);
    }

    /// <summary>Reads a described value that the guard has already passed.</summary>
    public static Described Decode(byte[] bytes, int offset, int end)
    {
        try
        {
            var buffer = new ByteBuffer(bytes, offset, end - offset, end - offset);
            var formatCode = Encoder.ReadFormatCode(buffer);
            if (formatCode == 0 && Encoder.ReadDescribed(buffer, formatCode) is Described described && buffer.Length == 0)
            {
                return described;
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The codec throws casts, ranges and its own exceptions alike where a field has another type than it expects.
            throw new MalformedFrameException("A frame can't be decoded.", exception);
        }

        throw new MalformedFrameException("A frame holds no performative.");
    }
}
