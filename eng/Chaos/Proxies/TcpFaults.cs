namespace Chaos.Proxies;

/// <summary>How often a connection suffers, for each piece of bytes that passes.</summary>
/// <param name="Cut">The probability that the connection is cut before a piece to the server is passed on.</param>
/// <param name="LoseReply">The probability that it is cut instead of passing a piece to the client: the server has done what it was asked.</param>
/// <param name="Delay">The probability of a delay.</param>
/// <param name="LongestDelay">The longest delay, in milliseconds.</param>
internal sealed record TcpFaults(double Cut, double LoseReply, double Delay, int LongestDelay);
