using Sluice.Gateway.Views;

namespace Sluice.Cli.Output;

/// <summary>An explanation for people: each stage with what it finds, and below it the lines of the configuration that decide.</summary>
internal static class ExplanationText
{
    public static void Write(CommandContext context, ExplanationView view)
    {
        bool colored = context.IsTerminal;
        int width = view.Stages.Max(stage => stage.Stage.Length);
        int places = view.Stages.SelectMany(stage => stage.Because).Select(cause => cause.Place.Length).DefaultIfEmpty(0).Max();
        context.Output.WriteLine($"{view.Packet}, in by link {view.Link}");
        context.Output.WriteLine();
        foreach (StageView stage in view.Stages)
        {
            string name = stage.Stage;
            foreach (string sentence in stage.Says)
            {
                Line(context, Paint(name.PadRight(width), "1", colored), sentence);
                name = "";
            }

            foreach (CauseView cause in stage.Because) Line(context, new string(' ', width), Paint($"{cause.Place.PadRight(places)}  {cause.Text}", "2", colored));
        }

        string verdict = view.Reason is { } reason ? $"{view.Verdict} {reason}: {view.Words}" : $"{view.Verdict}: {view.Words}";
        string paint = view.Verdict switch { "drop" => "1;31", "forward" => "1;32", _ => "1" };
        context.Output.WriteLine();
        Line(context, Paint("verdict".PadRight(width), "1", colored), Paint(verdict, paint, colored));
    }

    private static void Line(CommandContext context, string first, string second) => context.Output.WriteLine($"{first}  {second}".TrimEnd());

    private static string Paint(string text, string how, bool colored) => colored ? $"\u001b[{how}m{text}\u001b[0m" : text;
}
