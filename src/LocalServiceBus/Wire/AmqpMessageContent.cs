using System.Buffers.Binary;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>
/// A message as its sender encoded it. Only what the broker must know is decoded; properties and body travel as the bytes
/// that came, so a delivery costs a copy and no encoding.
/// </summary>
internal sealed class AmqpMessageContent : MessageContent
{
    private readonly ReadOnlyMemory<byte> _bare;
    private readonly Range _applicationProperties;
    private readonly bool _saysMoments;

    private AmqpMessageContent(bool durable, byte priority, MessageAnnotations? annotations, ReadOnlyMemory<byte> bare, Range applicationProperties, bool saysMoments)
    {
        _saysMoments = saysMoments;
        Durable = durable;
        Priority = priority;
        Annotations = annotations;
        _bare = bare;
        _applicationProperties = applicationProperties;
    }

    public bool Durable { get; }

    public byte Priority { get; }

    public MessageAnnotations? Annotations { get; }

    /// <summary>Properties, application properties, body and footer.</summary>
    public ReadOnlyMemory<byte> Bare => _bare;

    public override int Size => _bare.Length;

    /// <summary>Reads a message that came over the wire.</summary>
    public static NewMessage Parse(byte[] bytes, int offset, int length)
    {
        var sections = Sections.Find(bytes, offset, length);
        var header = sections.Header;
        var properties = sections.Properties;
        var content = Of(sections);
        var messageId = IdOf(properties);
        if (messageId is null)
        {
            // The JavaScript client can't renew the lock of a message without an id, and the service gives one too.
            messageId = Guid.NewGuid().ToString("N");
            properties ??= new Properties();
            properties.MessageId = messageId;
            content = content.WithSection(properties, sections.PropertiesRange);
        }

        return new NewMessage(messageId, content)
        {
            SessionId = properties!.GroupId,
            TimeToLive = TimeToLiveOf(header, properties),
            ScheduledFor = sections.Annotations?.Map.TryGetValue(AnnotationNames.ScheduledEnqueueTime, out var at) == true && at is DateTime moment
                ? new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc))
                : null,
        };
    }

    public static AmqpMessageContent FromBytes(byte[] bytes)
    {
        var sections = Sections.Find(bytes, 0, bytes.Length);
        return Of(sections);
    }

    /// <summary>The application properties, decoded.</summary>
    public Dictionary<string, object?> ReadApplicationProperties()
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        var (offset, length) = _applicationProperties.GetOffsetAndLength(_bare.Length);
        if (length > 0)
        {
            var bytes = _bare.Slice(offset, length).ToArray();
            var section = (ApplicationProperties)Performatives.Decode(bytes, 0, bytes.Length);
            foreach (var (key, value) in section.Map)
            {
                result[key.ToString()!] = value;
            }
        }

        return result;
    }

    /// <summary>The bytes of the first data section, or null when the body is of another kind.</summary>
    public byte[]? ReadBody() => Message.Decode(new ByteBuffer(_bare.ToArray(), 0, _bare.Length, _bare.Length)).Body as byte[];

    public string? ReadSubject() => Sections.Find(_bare.ToArray(), 0, _bare.Length).Properties?.Subject;

    public override MessageContent With(IReadOnlyDictionary<string, object?> propertyChanges)
    {
        var section = new ApplicationProperties();
        foreach (var (key, value) in ReadApplicationProperties().Concat(propertyChanges))
        {
            section[key] = value;
        }

        return WithSection(section, _applicationProperties);
    }

    /// <summary>The content without some application properties.</summary>
    public AmqpMessageContent Without(params ReadOnlySpan<string> names)
    {
        var section = new ApplicationProperties();
        foreach (var (key, value) in ReadApplicationProperties())
        {
            if (!names.Contains(key))
            {
                section[key] = value;
            }
        }

        return WithSection(section, _applicationProperties);
    }

    public override MessageContent WithLife(DateTimeOffset enqueuedAt, TimeSpan? timeToLive)
    {
        if (!_saysMoments || timeToLive is not { } life)
        {
            return this;
        }

        // Clients believe the two moments, as their sender wrote them, more than the header.
        var sections = Sections.Find(_bare.ToArray(), 0, _bare.Length);
        var properties = sections.Properties!;
        properties.CreationTime = enqueuedAt.UtcDateTime;
        properties.AbsoluteExpiryTime = life < DateTime.MaxValue - enqueuedAt.UtcDateTime ? enqueuedAt.UtcDateTime + life : DateTime.MaxValue;
        return WithSection(properties, sections.PropertiesRange);
    }

    public override byte[] ToBytes()
    {
        var buffer = new ByteBuffer(_bare.Length + 128, autoGrow: true);
        new Header { Durable = Durable, Priority = Priority }.Encode(buffer);
        Annotations?.Encode(buffer);
        return [.. buffer.Buffer.AsSpan(0, buffer.Length), .. _bare.Span];
    }

    private static AmqpMessageContent Of(in Sections sections) => new(
        sections.Header?.Durable ?? false,
        sections.Header?.Priority ?? 4,
        sections.Annotations,
        sections.Bare,
        sections.ApplicationProperties,
        saysMoments: sections.Properties is { } properties && properties.AbsoluteExpiryTime > DateTime.MinValue && properties.CreationTime > DateTime.MinValue);

    private AmqpMessageContent WithSection(RestrictedDescribed section, Range place)
    {
        var (offset, length) = place.GetOffsetAndLength(_bare.Length);
        var buffer = new ByteBuffer(256, autoGrow: true);
        section.Encode(buffer);
        byte[] bare = [.. _bare.Span[..offset], .. buffer.Buffer.AsSpan(0, buffer.Length), .. _bare.Span[(offset + length)..]];
        var isProperties = section is Properties;
        var (start, size) = isProperties ? _applicationProperties.GetOffsetAndLength(_bare.Length) : (offset, buffer.Length);
        start += isProperties ? buffer.Length - length : 0;
        return new AmqpMessageContent(Durable, Priority, Annotations, bare, start..(start + size), _saysMoments);
    }

    private static string? IdOf(Properties? properties) => properties?.GetMessageId() switch
    {
        null or "" => null,
        byte[] binary => Convert.ToHexString(binary),
        var id => id.ToString(),
    };

    private static TimeSpan? TimeToLiveOf(Header? header, Properties properties)
    {
        // A time beyond what the header can say (49 days) comes as two moments.
        if (properties.AbsoluteExpiryTime > DateTime.MinValue && properties.CreationTime > DateTime.MinValue && properties.AbsoluteExpiryTime > properties.CreationTime)
        {
            return properties.AbsoluteExpiryTime - properties.CreationTime;
        }

        return header?.HasField(2) == true ? TimeSpan.FromMilliseconds(header.Ttl) : null;
    }

    /// <summary>Where the sections of an encoded message lie.</summary>
    private struct Sections
    {
        private const byte SmallULong = 0x53;
        private const byte ULong = 0x80;

        public Header? Header;
        public MessageAnnotations? Annotations;
        public Properties? Properties;
        public ReadOnlyMemory<byte> Bare;
        public Range PropertiesRange;
        public Range ApplicationProperties;

        public static Sections Find(byte[] bytes, int offset, int length)
        {
            var found = default(Sections);
            var end = offset + length;
            var position = offset;
            var bareStart = -1;
            var propertiesEnd = -1;
            while (position < end)
            {
                var code = SectionCode(bytes, position, end);
                var next = EncodingGuard.Skip(bytes.AsSpan(0, end), position, symbolKeys: code is 0x71 or 0x72);
                switch (code)
                {
                    case 0x70:
                        found.Header = Decode<Header>(bytes, position, next);
                        break;
                    case 0x71:
                        break; // delivery annotations are for this hop only
                    case 0x72:
                        found.Annotations = Decode<MessageAnnotations>(bytes, position, next);
                        break;
                    case 0x73:
                        found.Properties = Decode<Properties>(bytes, position, next);
                        bareStart = bareStart < 0 ? position : bareStart;
                        found.PropertiesRange = (position - bareStart)..(next - bareStart);
                        propertiesEnd = next;
                        break;
                    case 0x74:
                        bareStart = bareStart < 0 ? position : bareStart;
                        found.ApplicationProperties = (position - bareStart)..(next - bareStart);
                        _ = Decode<ApplicationProperties>(bytes, position, next);
                        break;
                    default:
                        bareStart = bareStart < 0 ? position : bareStart;
                        break;
                }

                position = next;
            }

            bareStart = bareStart < 0 ? end : bareStart;
            found.Bare = bytes.AsMemory(bareStart, end - bareStart);
            if (found.ApplicationProperties.Equals(default(Range)) && propertiesEnd >= 0)
            {
                // Where they would be, if there were any: right behind the properties.
                found.ApplicationProperties = (propertiesEnd - bareStart)..(propertiesEnd - bareStart);
            }

            return found;
        }

        private static byte SectionCode(byte[] bytes, int position, int end)
        {
            if (end - position >= 3 && bytes[position] == 0 && bytes[position + 1] == SmallULong)
            {
                return bytes[position + 2];
            }

            if (end - position >= 10 && bytes[position] == 0 && bytes[position + 1] == ULong)
            {
                var code = BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(position + 2));
                return code <= byte.MaxValue ? (byte)code : (byte)0;
            }

            throw new MalformedFrameException("A message section has no numeric descriptor.");
        }

        private static T Decode<T>(byte[] bytes, int position, int end)
            where T : class =>
            Performatives.Decode(bytes, position, end) as T ?? throw new MalformedFrameException("A message section is of an unexpected type.");
    }
}
