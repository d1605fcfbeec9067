namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>Who does something: a caller, a message, a job, or a process by itself; for each attempt on its own.</summary>
/// <param name="Id">Its place in the order in which the scheduler prefers, lowest first; the same for all of its attempts.</param>
/// <param name="Name">As it reads in a story.</param>
/// <param name="Operation">The operation on whose behalf it acts: all of its outside effects have one key for each name.</param>
/// <param name="Attempt">Which attempt, from 1.</param>
internal sealed record Actor(int Id, string Name, string Operation, int Attempt = 1)
{
    public string Label => Attempt > 1 ? $"{Name} (attempt {Attempt})" : Name;
}
