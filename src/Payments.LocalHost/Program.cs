using Payments.LocalHost.Startup;

return await LocalHostApp.RunAsync(args);
