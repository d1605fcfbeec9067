using System.Text.Json.Serialization;

namespace Trips;

[JsonSerializable(typeof(Trip))]
[JsonSerializable(typeof(string))]
internal sealed partial class TripJson : JsonSerializerContext;
