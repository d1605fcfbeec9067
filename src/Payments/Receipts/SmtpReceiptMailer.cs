using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Payments.Receipts;

/// <summary>
/// Sends receipts by SMTP (MailKit). SMTP has no "already sent": a process that dies between the server's answer and the commit sends again, under the same
/// Message-ID (RFC 5322), by which mail systems and readers drop the second one.
/// </summary>
internal sealed class SmtpReceiptMailer(SmtpOptions options) : IReceiptMailer
{
    public async Task SendAsync(Receipt receipt, CancellationToken cancellationToken)
    {
        using var message = new MimeMessage();
        message.MessageId = $"{receipt.MessageId}@serverless-idempotency";
        message.From.Add(MailboxAddress.Parse(options.From));
        message.To.Add(MailboxAddress.Parse(receipt.To));
        message.Subject = receipt.Subject;
        message.Body = new TextPart("plain") { Text = receipt.Text };

        using var client = new SmtpClient();
        await client.ConnectAsync(options.Host!, options.Port, options.RequireTls ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable, cancellationToken);
        if (options.User is { } user)
        {
            await client.AuthenticateAsync(user, options.Password ?? "", cancellationToken);
        }

        await client.SendAsync(message, cancellationToken);
        await client.DisconnectAsync(quit: true, cancellationToken);
    }
}
