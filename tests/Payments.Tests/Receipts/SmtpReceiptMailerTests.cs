using MailKit.Net.Smtp;
using Payments.Receipts;

namespace Payments.Tests.Receipts;

/// <summary>The mail adapter in a real conversation over TCP.</summary>
public sealed class SmtpReceiptMailerTests
{
    private static readonly Receipt Receipt = new("stable-key-1", "acct-1@customers.example.com", "Your payment of 12.50 EUR", "We received 12.50 EUR.");

    [Fact]
    public async Task Receipt_goes_to_the_customer_with_what_it_says()
    {
        await using var server = new SmtpListener();
        await Mailer(server).SendAsync(Receipt, CancellationToken.None);

        Assert.Contains("MAIL FROM:<receipts@example.com>", Assert.Single(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("RCPT TO:<acct-1@customers.example.com>", Assert.Single(server.Commands, command => command.StartsWith("RCPT", StringComparison.Ordinal)));
        var message = Assert.Single(server.Messages);
        Assert.Contains("Subject: Your payment of 12.50 EUR", message, StringComparison.Ordinal);
        Assert.Contains("We received 12.50 EUR.", message, StringComparison.Ordinal);
        Assert.Equal("QUIT", server.Commands[^1]);
    }

    // SMTP can't say "already sent": the id is all by which the two are the same mail.
    [Fact]
    public async Task Receipt_that_is_sent_again_has_the_same_message_id()
    {
        await using var server = new SmtpListener();
        await Mailer(server).SendAsync(Receipt, CancellationToken.None);
        await Mailer(server).SendAsync(Receipt, CancellationToken.None);

        Assert.Equal(2, server.Messages.Count);
        Assert.All(server.Messages, message => Assert.Contains("Message-Id: <stable-key-1@serverless-idempotency>", message, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Server_that_asks_for_a_user_gets_one()
    {
        await using var server = new SmtpListener();
        await Mailer(server, new SmtpOptions { User = "user", Password = "secret" }).SendAsync(Receipt, CancellationToken.None);

        Assert.StartsWith("AUTH PLAIN", Assert.Single(server.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Refused_mail_is_an_error_so_that_the_event_comes_again()
    {
        await using var server = new SmtpListener();
        server.Answer = "452 4.3.1 No space";
        await Assert.ThrowsAsync<SmtpCommandException>(() => Mailer(server).SendAsync(Receipt, CancellationToken.None));
    }

    [Fact]
    public async Task Server_without_tls_gets_nothing_unless_that_is_allowed()
    {
        await using var server = new SmtpListener();
        await Assert.ThrowsAnyAsync<NotSupportedException>(() => Mailer(server, requireTls: true).SendAsync(Receipt, CancellationToken.None));
        Assert.Empty(server.Messages);
    }

    private static SmtpReceiptMailer Mailer(SmtpListener server, SmtpOptions? options = null, bool requireTls = false)
    {
        options ??= new SmtpOptions();
        (options.Host, options.Port, options.RequireTls) = ("127.0.0.1", server.Port, requireTls);
        return new SmtpReceiptMailer(options);
    }
}
