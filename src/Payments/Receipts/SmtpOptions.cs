namespace Payments.Receipts;

/// <summary>The mail server that receipts go through. Configuration section <c>Smtp</c>.</summary>
internal sealed class SmtpOptions
{
    /// <summary>The server's host name. Without one, receipts go to the simulated mailbox. No default.</summary>
    public string? Host { get; set; }

    /// <summary>The server's port. Default 587, range 1 to 65535.</summary>
    public int Port { get; set; } = 587;

    /// <summary>The user to sign in as; without one there is no sign-in. No default.</summary>
    public string? User { get; set; }

    /// <summary>The user's password. No default.</summary>
    public string? Password { get; set; }

    /// <summary>Refuse a server that offers no TLS. Default true.</summary>
    public bool RequireTls { get; set; } = true;

    /// <summary>The sender's address. Default <c>receipts@example.com</c>.</summary>
    public string From { get; set; } = "receipts@example.com";

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (Port is < 1 or > 65535)
        {
            yield return $"Smtp:Port is {Port}: set it between 1 and 65535.";
        }

        if (!MimeKit.MailboxAddress.TryParse(From, out _))
        {
            yield return $"Smtp:From is '{From}': set it to an e-mail address.";
        }
    }
}
