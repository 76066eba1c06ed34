using Sluice.Cli;
using Sluice.Config.Kinds;
using Sluice.Samples.PrefixNat;

return SluiceCommand.Run(args, Console.Out, Console.Error, new DocumentKinds(PrefixNatDocument.DocumentKind));
