namespace TestDoubles.Processes;

/// <summary>The two homes of the payments app.</summary>
public enum HostProgram
{
    /// <summary>The local host, with an Azurite and a broker of its own unless it is told of others.</summary>
    LocalHost,

    /// <summary>The function app under the Functions host for tests. It has to be told of a storage and a broker.</summary>
    FunctionApp,
}
