using Chaos.Clients;

namespace Chaos.Evidence;

/// <summary>What a request is answered when it is sent once more after all is over.</summary>
internal sealed record Replay(KeyedRequest Request, Answer Answer);
